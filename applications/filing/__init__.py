"""The unit at work: drafting, handing in, correcting, carrying over, and following its application."""
