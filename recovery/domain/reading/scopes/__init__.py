"""What each phrase is said of: denied, past, supposed or asked; what means something only together."""
