"""Tables that come out of spreadsheets: cells, columns, the workbook to fill in."""
