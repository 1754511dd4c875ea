import groovy.json.JsonOutput
import groovy.json.JsonSlurper

// check.groovy FACTS FILE…: one JSON list, an entry a file, in their order.
def facts = new JsonSlurper().parse(new File(args[0]))
println JsonOutput.toJson(args.drop(1).collect { path ->
    def structure = new Structure(facts)
    structure.read(new File(path).name, new File(path).getText('UTF-8'))
    [file: path, errors: structure.errors, pipeline: structure.pipeline]
})
