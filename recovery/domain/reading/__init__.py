"""Reading a patient's reply: normalise, tokens, phrases with their scope, assignment, reasons."""
