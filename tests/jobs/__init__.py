"""The clock: its timetable, its runs, and the process that keeps it."""
