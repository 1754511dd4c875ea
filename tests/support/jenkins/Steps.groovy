/** The steps that our Jenkinsfile may call. Those of Jenkins itself do what they say; those of plugins that publish read the files as far as they must. */
class Steps {
    final Build build
    final File folder
    final Script script

    Steps(Build build, File folder, Script script) {
        this.build = build
        this.folder = folder
        this.script = script
    }

    void perform(Closure body) {
        body.delegate = this
        body.resolveStrategy = Closure.DELEGATE_FIRST
        body()
    }

    def propertyMissing(String name) { script.getProperty(name) }
    void propertyMissing(String name, value) { script.setProperty(name, value) }

    def methodMissing(String name, arguments) {
        if (name in build.facts.symbols) return [symbol: name] + (arguments && arguments[0] instanceof Map ? arguments[0] : [:])
        if (script.getMetaClass().respondsTo(script, name)) return script.invokeMethod(name, arguments)
        throw new Stopped("No such DSL method '$name' found among steps")
    }

    private File here() {
        if (folder == null) throw new Stopped('Required context class hudson.FilePath is missing: no agent')
        folder
    }

    void echo(message) { build.say(message.toString()) }
    void error(message) { build.say("ERROR: $message"); throw new Stopped(message.toString()) }
    void unstable(message) { build.say("WARNING: $message"); build.worsen('UNSTABLE') }

    def sh(String text) { sh(script: text) }
    def sh(Map given) {
        def file = File.createTempFile('step', '.sh', build.home)
        file.text = given.script
        file.executable = true
        def command = given.script.startsWith('#!') ? [file.path] : ['/bin/sh', '-xe', file.path]
        def output = given.returnStdout ? new StringBuilder() : null
        def status = build.run(command, here(), output)
        if (given.returnStatus) return status
        if (status) { build.say("ERROR: script returned exit code $status"); throw new Stopped("script returned exit code $status") }
        output?.toString()
    }

    def checkout(what) { build.checkout(here()) }
    def deleteDir() { here().deleteDir(); here().mkdirs() }
    def dir(String path, Closure body) {
        def inner = new File(here(), path)
        inner.mkdirs()
        new Steps(build, inner, script).perform(body)
    }
    def fileExists(String path) { new File(here(), path).exists() }
    def readFile(String path) { new File(here(), path).text }
    def writeFile(Map given) { new File(here(), given.file).text = given.text }
    def script(Closure body) { perform(body) }
    def timestamps(Closure body) { perform(body) }
    def timeout(Map given, Closure body) { perform(body) }
    def retry(int count, Closure body) { perform(body) }
    def lock(Map given = [:], Closure body) { perform(body) }
    def milestone(Map given = [:]) { }
    def sleep(Map given) { }

    def withEnv(List settings, Closure body) {
        build.environments << settings.collectEntries { it.toString().split('=', 2).toList() }
        try { perform(body) } finally { build.environments.removeLast() }
    }

    def withCredentials(List bindings, Closure body) {
        def secrets = bindings.collectEntries {
            if (!build.request.credentials?.containsKey(it.credentialsId)) throw new Stopped("Could not find credentials entry with ID '${it.credentialsId}'")
            [it.variable, build.request.credentials[it.credentialsId]]
        }
        build.environments << secrets
        try { perform(body) } finally { build.environments.removeLast() }
    }

    def catchError(Map given = [:], Closure body) {
        try {
            perform(body)
        } catch (Stopped stopped) {
            build.say("caught: ${stopped.message}")
            build.worsen(given.buildResult ?: 'FAILURE')
            build.stages[-1].status = given.stageResult ?: 'FAILURE'
        }
    }

    def input(Map given) {
        if (!build.request.approve) throw new Stopped("nobody approved: ${given.message}", 'ABORTED')
    }

    def stash(Map given) {
        def files = Build.matching(here(), given.includes ?: '**', given.excludes ?: '')
        if (!files && !given.allowEmpty) throw new Stopped("No files included in stash '${given.name}'")
        def target = new File(build.home, "stash/${given.name}")
        build.keep(here(), files, target)
        build.stashes[given.name] = files.size()
    }

    def unstash(String name) {
        if (!build.stashes.containsKey(name)) throw new Stopped("No such saved stash '$name'")
        def source = new File(build.home, "stash/$name")
        build.keep(source, Build.matching(source, '**'), here())
    }

    def archiveArtifacts(Map given) {
        def files = Build.matching(here(), given.artifacts, given.excludes ?: '')
        if (!files && !given.allowEmptyArchive) throw new Stopped("No artifacts found that match the file pattern \"${given.artifacts}\"")
        build.keep(here(), files, new File(build.home, 'archive'))
        build.archived.addAll(files.collect { here().toPath().relativize(it.toPath()).toString() })
    }

    def copyArtifacts(Map given) {
        def source = build.request.otherJobs?.get(given.projectName)
        def files = source ? Build.matching(new File(source), given.filter ?: '**') : []
        if (!files && !given.optional) throw new Stopped("Unable to find project for artifact copy: ${given.projectName}")
        if (source) build.keep(new File(source), files, here())
        build.published << [step: 'copyArtifacts', files: files.size(), project: given.projectName]
    }

    def junit(Map given) {
        def files = Build.matching(here(), given.testResults)
        if (!files && !given.allowEmptyResults) throw new Stopped("No test report files were found: ${given.testResults}")
        def failed = files.sum(0) { File file ->
            new XmlSlurper().parse(file).depthFirst().count { it.name() in ['failure', 'error'] }
        }
        if (failed && !given.skipMarkingBuildUnstable) build.worsen('UNSTABLE')
        build.published << [step: 'junit', files: files.size(), failed: failed]
    }

    def recordCoverage(Map given) {
        given.tools.each { Map tool ->
            if (!(tool.parser in build.facts.coverageParsers)) throw new Stopped("No coverage parser ${tool.parser}")
            def files = Build.matching(here(), tool.pattern)
            files.findAll { tool.parser != 'LCOV' }.each { new XmlParser(false, false, true).with { setFeature('http://apache.org/xml/features/nonvalidating/load-external-dtd', false); it }.parse(it) }
            build.published << [step: 'recordCoverage', parser: tool.parser, files: files.size()]
        }
    }

    def recordIssues(Map given) {
        (given.tools ?: [given.tool]).each { Map tool ->
            def files = Build.matching(here(), tool.pattern)
            files.each { assert new groovy.json.JsonSlurper().parse(it).runs != null }
            build.published << [step: 'recordIssues', tool: tool.symbol, files: files.size()]
        }
    }
}
