"""Reading an owner roll 业主花名册: from a spreadsheet to checked rows, without touching the database.

`files` opens it safely, `headers` finds its columns, `rows` normalises each cell, `rules` compares rows
with each other, `reading` puts them together.
"""
