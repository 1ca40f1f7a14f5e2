"""Every SMS and e-mail is a row first; gateways carry it out of the process."""
