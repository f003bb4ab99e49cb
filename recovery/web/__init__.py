"""The nurse's pages, the phone page of the demonstration, and the health of the process."""
