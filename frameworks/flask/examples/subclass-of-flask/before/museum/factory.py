from museum.application import Museum


def build():
    museum = Museum("museum")

    @museum.get("/rooms/<room>")
    def room(room):
        return {"room": room}

    return museum
