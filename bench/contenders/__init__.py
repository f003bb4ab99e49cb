"""What others would send the texts with. Every contender makes the very same call to Twilio as we do."""
