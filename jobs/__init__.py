"""The clock: one timetable, and a short function for each job."""
