"""The doors that Twilio knocks at."""
