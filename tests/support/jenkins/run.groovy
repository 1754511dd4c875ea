import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.control.CompilerConfiguration

/** The script that a Jenkinsfile becomes: `pipeline`, and the variables that Jenkins gives. */
abstract class PipelineScript extends Script {
    private Build build
    void belongTo(Build given) { build = given }
    def pipeline(Closure body) { new Runner(build, this).pipeline(body) }
    def getProperty(String name) {
        switch (name) {
            case 'env': return new Environment(build)
            case 'params': return build.request.parameters ?: [:]
            case 'scm': return 'scm'
            case 'currentBuild': return [currentResult: build.result, result: build.result == 'SUCCESS' ? null : build.result]
            case 'build': return build
            case 'binding': return super.getProperty(name)
        }
        if (binding.hasVariable(name)) return binding.getVariable(name)
        def value = build.variable(name)
        if (value == null) throw new MissingPropertyException(name, PipelineScript)
        value
    }
    def library(Object... names) { null }
}

class Environment {
    private final Build build
    Environment(Build build) { this.build = build }
    def getProperty(String name) { build.variable(name) }
    void setProperty(String name, value) { build.environments[0][name] = value.toString() }
}

// run.groovy FACTS REQUEST: runs one build as the request says, and prints what became of it as JSON.
def facts = new JsonSlurper().parse(new File(args[0]))
def request = new JsonSlurper().parse(new File(args[1]))
def build = new Build(request, facts)
def configuration = new CompilerConfiguration(scriptBaseClass: PipelineScript.name)
def script = new GroovyShell(this.class.classLoader, new Binding(), configuration).parse(new File(request.jenkinsfile))
script.belongTo(build)
try {
    script.run()
} catch (Stopped stopped) {
    build.worsen(stopped.result)
    build.say(stopped.message)
}
println JsonOutput.toJson([result: build.result, stages: build.stages, published: build.published, images: build.images,
                           archived: build.archived, stashes: build.stashes, log: build.log.toString()])
