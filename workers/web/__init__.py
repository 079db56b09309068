"""What is reached over HTTP: the address that webhooks are sent to."""
