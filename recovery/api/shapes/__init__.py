"""Rows as the JSON that the contract shows; moments with the patient's own offset."""
