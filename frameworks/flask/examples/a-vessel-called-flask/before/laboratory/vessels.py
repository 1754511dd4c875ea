class Flask:
    def __init__(self, label):
        self.label = label

    def get(self, path):
        return lambda function: function
