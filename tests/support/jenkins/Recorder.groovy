/** The calls of a block, in their order, with their arguments worked out; inner blocks stay closures. */
class Recorder {
    final Script script
    final List calls = []

    Recorder(Script script) { this.script = script }

    def methodMissing(String name, arguments) {
        def found = [name: name, arguments: arguments as List]
        calls << found
        found
    }

    def propertyMissing(String name) { name in ['any', 'none'] ? name : script.getProperty(name) }
}
