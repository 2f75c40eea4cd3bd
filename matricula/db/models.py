"""No tables: this room knows no domain. The module is here so that Django tells it of migrations."""
