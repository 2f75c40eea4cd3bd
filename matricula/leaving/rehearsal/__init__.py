"""Looking before somebody leaves: who would lose their only way in."""
