"""What an application says: its chapters, answers, people and papers, and the inputs they are given by."""
