"""How texts leave and how Twilio's calls are known: one port with two ways out."""
