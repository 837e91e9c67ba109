"""Appeals: who may decide them and until when, what an overturned decision undoes, and who else rests on the same mistake."""
