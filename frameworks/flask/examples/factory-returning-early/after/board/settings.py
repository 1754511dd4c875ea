class Production:
    TESTING = False


class Testing(Production):
    TESTING = True
