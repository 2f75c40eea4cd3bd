"""The person's own pages: logging in, the account, second factors, and the links of letters."""
