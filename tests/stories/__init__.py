"""The protocol told as stories, driven as a patient, a nurse and Twilio would."""
