/**
 * Runs a declarative pipeline that `Structure` has accepted, in the order in which Jenkins does: agent, environment, when, steps,
 * post. Stages of `parallel` run one after the other, each to its end.
 */
class Runner {
    final Build build
    final Script script

    Runner(Build build, Script script) {
        this.build = build
        this.script = script
    }

    private List record(Closure body) {
        def recorder = new Recorder(script)
        body.delegate = recorder
        body.resolveStrategy = Closure.DELEGATE_FIRST
        body()
        recorder.calls
    }

    private static Map sections(List calls) { calls.collectEntries { [it.name, it.arguments] } }

    void pipeline(Closure body) {
        def top = sections(record(body))
        if (top.options) build.checksOutItself = !record(top.options[0]).any { it.name == 'skipDefaultCheckout' }
        inside(top.agent, null) { File folder ->
            inEnvironment(top.environment) {
                try {
                    stages(record(top.stages[0]), folder)
                } finally {
                    post(top.post, folder)
                }
            }
        }
    }

    private void inside(List agent, File parent, Closure body) {
        if (agent == null) { body(parent); return }
        if (agent[0] == 'none') { body(null); return }
        def folder = parent
        if (agent[0] == 'any') {
            folder = build.workspace()
        } else {
            def kind = record(agent[0])[0]
            def settings = kind.arguments[0] instanceof Closure ? sections(record(kind.arguments[0])) : [:]
            if (kind.name == 'docker') build.images << [image: (settings.image ?: kind.arguments)[0].toString(), args: settings.args?.getAt(0)?.toString()]
            if (!settings.reuseNode?.getAt(0)) folder = build.workspace()
        }
        build.environments << [WORKSPACE: folder.path, WORKSPACE_TMP: new File(build.home, 'tmp').path]
        new File(build.home, 'tmp').mkdirs()
        try { body(folder) } finally { build.environments.removeLast() }
    }

    private void inEnvironment(List section, Closure body) {
        def added = [:]
        build.environments << added
        if (section) {
            section[0].delegate = new Assignments(build, script, added)
            section[0].resolveStrategy = Closure.DELEGATE_FIRST
            section[0]()
        }
        try { body() } finally { build.environments.removeLast() }
    }

    private void stages(List calls, File folder) {
        def broken = null
        calls.findAll { it.name == 'stage' }.each {
            if (broken) skip(it, 'skipped: an earlier stage failed')
            else try { stage(it, folder) } catch (Stopped stopped) { broken = stopped }
        }
        if (broken) throw broken
    }

    private void skip(Map call, String why) {
        build.say("Stage \"${call.arguments[0]}\" $why")
        build.stages << [name: call.arguments[0].toString(), status: why.startsWith('skipped: an') ? 'NOT_BUILT' : 'SKIPPED']
    }

    private void stage(Map call, File parent) {
        def name = call.arguments[0].toString()
        def parts = sections(record(call.arguments[1]))
        def flags = parts.when ? sections(record(parts.when[0])) : [:]
        if (flags.beforeAgent?.getAt(0) && !allowed(parts.when)) { skip(call, 'skipped by its when'); return }
        inside(parts.agent, parent) { File folder ->
            inEnvironment(parts.environment) {
                if (!allowed(parts.when)) { skip(call, 'skipped by its when'); return }
                def entry = [name: name, status: 'SUCCESS', folder: folder?.name]
                build.say("[$name]")
                build.stages << entry
                try {
                    body(parts, folder)
                } catch (Stopped stopped) {
                    entry.status = stopped.result
                    build.worsen(stopped.result)
                    throw stopped
                } finally {
                    post(parts.post, folder)
                }
            }
        }
    }

    private void body(Map parts, File folder) {
        if (parts.input && !build.request.approve) throw new Stopped('nobody approved', 'ABORTED')
        if (parts.steps) new Steps(build, folder, script).perform(parts.steps[0])
        if (parts.stages) stages(record(parts.stages[0]), folder)
        if (parts.parallel) {
            def broken = record(parts.parallel[0]).findAll { it.name == 'stage' }.collect {
                try { stage(it, folder); null } catch (Stopped stopped) { stopped }
            }.find()
            if (broken) throw broken
        }
    }

    private void post(List section, File folder) {
        if (!section) return
        def blocks = sections(record(section[0]))
        def applies = [always: true, failure: build.result == 'FAILURE', aborted: build.result == 'ABORTED', unstable: build.result == 'UNSTABLE',
                       success: build.result == 'SUCCESS', unsuccessful: build.result != 'SUCCESS', cleanup: true]
        applies.each { name, holds -> if (holds && blocks[name]) new Steps(build, folder, script).perform(blocks[name][0]) }
    }

    private boolean allowed(List section) { !section || record(section[0]).findAll { !it.name.startsWith('before') }.every { holds(it) } }

    private boolean holds(Map condition) {
        def given = condition.arguments ? condition.arguments[0] : null
        switch (condition.name) {
            case 'expression': return evaluate(given)
            case 'branch': return build.variable('BRANCH_NAME') ==~ (given instanceof Map ? given.pattern : given).replace('*', '.*')
            case 'tag':
            case 'buildingTag': return build.variable('TAG_NAME') != null
            case 'changeRequest': return build.variable('CHANGE_ID') != null
            case 'environment': return build.variable(given.name) == given.value
            case 'not': return !holds(record(given)[0])
            case 'allOf': return record(given).every { holds(it) }
            case 'anyOf': return record(given).any { holds(it) }
            default: throw new Stopped("the runner does not know the condition ${condition.name}")
        }
    }

    private boolean evaluate(Closure body) {
        body.delegate = script
        body.resolveStrategy = Closure.DELEGATE_FIRST
        body()
    }
}
