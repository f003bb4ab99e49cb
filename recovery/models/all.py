"""Every model, so that importing this module tells the metadata of every table."""

from recovery.models import case, clinic, message, patient, report, staff, system, treatment

__all__ = ["case", "clinic", "message", "patient", "report", "staff", "system", "treatment"]
