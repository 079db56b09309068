"""What is reached over HTTP: pages for leaders, engineers, operators and authors, and the address of webhooks."""
