/** The lines of an `environment` block, one at a time: a value may stand on those before it. */
class Assignments {
    private final Build owner
    private final Script names
    private final Map added

    Assignments(Build owner, Script names, Map added) {
        this.owner = owner
        this.names = names
        this.added = added
    }

    void setProperty(String name, value) { added[name] = value.toString() }

    def getProperty(String name) { names.getProperty(name) }

    def credentials(String id) {
        if (!owner.request.credentials?.containsKey(id)) throw new Stopped("Could not find credentials entry with ID '$id'")
        owner.request.credentials[id]
    }
}
