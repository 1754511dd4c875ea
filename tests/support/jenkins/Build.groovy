/**
 * What one build knows: its result, its folders, its stashes and archive, and what its steps told.
 *
 * Every agent gets an empty folder with a fresh clone in it, as on a machine that was never used: what a stage needs of another
 * one's files it must stash. Docker agents run on this machine; the image is noted.
 */
class Build {
    static final List ORDER = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'ABORTED']
    final Map request
    final Map facts
    final File home
    final StringBuilder log = new StringBuilder()
    final List stages = []
    final List published = []
    final List images = []
    final Set archived = [] as TreeSet
    final Map stashes = [:]
    final LinkedList<Map> environments = new LinkedList<Map>()
    String result = 'SUCCESS'
    boolean checksOutItself = true
    private int workspaces = 0

    Build(Map request, Map facts) {
        this.request = request
        this.facts = facts
        home = new File(request.home)
        environments << ([:] + request.environment)
    }

    void say(String line) { log << line << '\n' }

    void worsen(String found) { if (ORDER.indexOf(found) > ORDER.indexOf(result)) result = found }

    String variable(String name) { environments.reverse().find { it.containsKey(name) }?.get(name) }

    Map variables() { environments.inject([:]) { all, some -> all + some } }

    File workspace() {
        def folder = new File(home, "workspace@${++workspaces}")
        folder.mkdirs()
        if (checksOutItself) checkout(folder)
        folder
    }

    void checkout(File folder) {
        if (run(['git', 'clone', '--quiet', request.repository, '.'], folder)) throw new Stopped('the checkout failed')
    }

    /** Runs a process with the variables of the stage; its output goes to the log, or to `output`. */
    int run(List<String> command, File folder, StringBuilder output = null) {
        def builder = new ProcessBuilder(command*.toString()).directory(folder).redirectErrorStream(output == null)
        variables().each { name, value -> builder.environment()[name] = value.toString() }
        builder.environment()['WORKSPACE'] = folder.path
        def process = builder.start()
        process.outputStream.close()
        if (output == null) process.consumeProcessOutput(log, log) else process.consumeProcessOutput(output, log)
        process.waitFor()
        process.waitForProcessOutput()
        process.exitValue()
    }

    /** The files below a folder that some patterns of Ant's name, separated by commas. */
    static List<File> matching(File folder, String patterns, String without = '') {
        def named = { String name, String list -> list.split(',')*.trim().findAll().any { name ==~ expression(it) } }
        def found = []
        if (folder.isDirectory()) folder.eachFileRecurse(groovy.io.FileType.FILES) { File file ->
            def name = folder.toPath().relativize(file.toPath()).toString()
            if (!name.startsWith('.git/') && named(name, patterns) && !named(name, without)) found << file
        }
        found.sort()
    }

    private static String expression(String pattern) {
        def whole = pattern.endsWith('/') ? pattern + '**' : pattern
        whole.split('(?<=/)').collect { String part ->
            part == '**/' ? '(?:[^/]+/)*' : part == '**' ? '.*' : part.replaceAll(/[^*?]+/) { java.util.regex.Pattern.quote(it) }.replace('*', '[^/]*').replace('?', '[^/]')
        }.join('')
    }

    void keep(File folder, List<File> files, File target) {
        files.each { File file ->
            def copy = new File(target, folder.toPath().relativize(file.toPath()).toString())
            copy.parentFile.mkdirs()
            copy.bytes = file.bytes
            if (file.canExecute()) copy.executable = true
        }
    }
}
