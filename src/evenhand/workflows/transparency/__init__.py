"""What a plan or a campaign publishes: statements for the European database and the parts of the harmonised report."""
