from desk.factories import create_public

public = create_public()
