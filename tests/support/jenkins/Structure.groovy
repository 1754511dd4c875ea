import org.codehaus.groovy.ast.ASTNode
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.MultipleCompilationErrorsException
import org.codehaus.groovy.control.Phases

/**
 * Reads a Jenkinsfile as Jenkins does: compiled by the Groovy it runs, then the tree of its syntax held against the
 * rules of the declarative pipeline. Nothing is executed.
 *
 * `errors` lists what was refused, each with its line; `pipeline` is the structure: the sections by name, the stages as a list.
 */
class Structure {
    final Map facts
    final List<Map> errors = []
    Map pipeline = [:]

    Structure(Map facts) { this.facts = facts }

    void read(String name, String text) {
        def unit = new CompilationUnit()
        unit.addSource(name, text)
        try {
            unit.compile(Phases.CONVERSION)
        } catch (MultipleCompilationErrorsException error) {
            error.errorCollector.errors.each { refuse(it.hasProperty('cause') ? it.cause.line : 0, it.cause.message) }
            return
        }
        def calls = unit.AST.modules[0].statementBlock.statements.collect { asCall(it) }.findAll { it?.name == 'pipeline' }
        if (calls.size() != 1) {
            refuse(1, "expected one pipeline block at the top level, found ${calls.size()}")
            return
        }
        pipeline = readPipeline(calls[0])
    }

    private void refuse(def where, String message) {
        errors << [line: where instanceof ASTNode ? where.lineNumber : where, message: message]
    }

    private Map readPipeline(Map top) {
        def sections = sections(top, facts.pipeline, 'pipeline')
        ['agent', 'stages'].each { if (!sections[it]) refuse(top.node, "Missing required section \"$it\"") }
        def found = common(sections, 'pipeline')
        found.stages = sections.stages ? stages(sections.stages, false) : []
        ['triggers', 'parameters'].each { kind ->
            if (sections[kind]) names(sections[kind], facts[kind], kind)
        }
        found
    }

    private Map common(Map sections, String level) {
        def found = [:]
        if (sections.agent) found.agent = agent(sections.agent)
        if (sections.environment) found.environment = environment(sections.environment)
        if (sections.options) found.options = names(sections.options, facts.options[level], 'option')
        if (sections.post) found.post = post(sections.post)
        if (sections.when) found.when = conditions(sections.when)
        if (sections.input) found.input = settings(sections.input, facts.input, 'input')
        if (sections.tools) names(sections.tools, null, 'tool')
        found
    }

    /** The calls of a block by name: each known, each once, each with something in it. */
    private Map sections(Map block, List known, String what) {
        def found = [:]
        if (!needsBody(block, what)) return found
        calls(block).each { Map section ->
            if (!(section.name in known)) refuse(section.node, "Undefined section \"${section.name}\" in $what")
            else if (found[section.name]) refuse(section.node, "Multiple occurrences of the ${section.name} section")
            else found[section.name] = section
        }
        found
    }

    private boolean needsBody(Map block, String what) {
        if (block.body == null) refuse(block.node, "Expected a block for $what")
        block.body != null
    }

    private List stages(Map block, boolean nested) {
        if (!needsBody(block, block.name)) return []
        def found = calls(block).findAll { !(nested && it.name == 'failFast') }.collect { stage(it, nested) }
        if (!found) refuse(block.node, 'No stages specified')
        found*.name.countBy { it }.each { name, count ->
            if (count > 1) refuse(block.node, "Duplicate stage name: \"$name\"")
        }
        found
    }

    private Map stage(Map block, boolean nested) {
        def name = block.arguments ? literal(block.arguments[0]) : null
        if (block.name != 'stage') { refuse(block.node, "Expected a stage, not \"${block.name}\""); return [name: block.name] }
        if (!(name instanceof String)) refuse(block.node, 'Expected a stage name but did not find any')
        def sections = sections(block, facts.stage, "stage \"$name\"")
        def bodies = ['steps', 'stages', 'parallel', 'matrix'].findAll { sections[it] }
        def inner = bodies.find { it in ['parallel', 'matrix'] }
        if (block.body && bodies.size() != 1) {
            refuse(block.node, "Expected one of \"steps\", \"stages\", \"parallel\" or \"matrix\" for stage \"$name\", found ${bodies ?: 'none'}")
        }
        if (inner && nested) refuse(block.node, '"matrix" or "parallel" cannot be nested inside another "matrix" or "parallel"')
        ['agent', 'tools'].each {
            if (inner && sections[it]) refuse(sections[it].node, "\"$it\" is not allowed in stage \"$name\" as it contains $inner stages")
        }
        def found = [name: name, line: block.node.lineNumber] + common(sections, 'stage')
        if (sections.steps) found.steps = steps(sections.steps, 'steps')
        if (sections.stages) found.stages = stages(sections.stages, nested)
        if (sections.parallel) found.parallel = stages(sections.parallel, true)
        if (sections.matrix) found.matrix = matrix(sections.matrix)
        found
    }

    private Map matrix(Map block) {
        def sections = sections(block, facts.matrix, 'matrix')
        ['axes', 'stages'].each { if (!sections[it]) refuse(block.node, "Missing required section \"$it\"") }
        [('axes'): 'axis', ('excludes'): 'exclude'].each { section, entry ->
            if (!sections[section] || !needsBody(sections[section], section)) return
            def entries = calls(sections[section])
            if (!entries) refuse(sections[section].node, "No $entry directives specified")
            entries.each { if (it.name != entry) refuse(it.node, "Expected an $entry") else cell(it, section) }
        }
        def found = common(sections, 'stage')
        found.stages = sections.stages ? stages(sections.stages, true) : []
        found
    }

    private void cell(Map block, String section) {
        if (!needsBody(block, block.name)) return
        if (section == 'excludes') {
            if (!calls(block)) refuse(block.node, 'No axis directives specified')
            calls(block).each { if (it.name == 'axis') cell(it, 'exclude') else refuse(it.node, 'Expected an axis') }
            return
        }
        def names = calls(block)*.name
        if (!('name' in names)) refuse(block.node, 'Missing required section "name"')
        def values = names.count { it in (section == 'exclude' ? ['values', 'notValues'] : ['values']) }
        if (values != 1) refuse(block.node, 'Missing required section "values"')
        def name = calls(block).find { it.name == 'name' }?.arguments?.getAt(0)
        if (name != null && !(literal(name) ==~ /[A-Za-z_]\w*/)) refuse(block.node, "\"${literal(name)}\" is not a valid identifier")
    }

    private Map agent(Map block) {
        if (!block.body) {
            def kind = block.arguments ? block.arguments[0].text : null
            if (kind in ['any', 'none']) return [type: kind]
            refuse(block.node, 'Only "agent none", "agent any" or "agent {...}" are allowed')
            return [type: kind]
        }
        def kinds = calls(block)
        if (kinds.size() != 1) {
            refuse(block.node, kinds ? 'Only one agent type is allowed per agent section' : 'No agent type specified')
            return [type: null]
        }
        def kind = kinds[0]
        if (kind.name in ['any', 'none']) return [type: kind.name]
        def known = facts.agents[kind.name]
        if (known == null) {
            refuse(kind.node, "Invalid agent type \"${kind.name}\" specified. Must be one of ${facts.agents.keySet()}")
            return [type: kind.name]
        }
        [type: kind.name] + (kind.body ? settings(kind, known, kind.name) : given(kind, known, kind.name))
    }

    /** A block whose calls each set one parameter: `image 'python:3.13'`. */
    private Map settings(Map block, List known, String what) {
        if (block.body == null) return given(block, known, what)
        def found = [:]
        calls(block).each { Map entry ->
            if (found.containsKey(entry.name)) refuse(entry.node, "Multiple occurrences of ${entry.name}")
            if (!(entry.name in names(known))) refuse(entry.node, "Invalid config option \"${entry.name}\" for $what. Valid are ${names(known)}")
            found[entry.name] = entry.arguments ? value(entry.arguments[0]) : entry.body ? '{…}' : null
            if (!entry.arguments && !entry.body) refuse(entry.node, "No argument for \"${entry.name}\"")
        }
        required(known).each { if (!found.containsKey(it)) refuse(block.node, "Missing required parameter for $what: $it") }
        found
    }

    private static List names(List known) { known.findAll { it != '{}' }.collect { it - '!' } }
    private static List required(List known) { known.findAll { it.endsWith('!') }.collect { it - '!' } }

    /** The arguments of a call, by name; a lone one without a name is the one that must be there, or the first. */
    private Map given(Map call, List known, String what) {
        def found = call.named.collectEntries { key, expression -> [key, value(expression)] }
        call.named.each { key, expression ->
            if (!(key in names(known))) refuse(expression, "Invalid parameter \"$key\" of $what. It takes ${names(known)}")
        }
        if (call.arguments && call.named) refuse(call.node, "Cannot mix named and unnamed arguments of $what")
        else if (call.arguments.size() > 1 || (call.arguments && !names(known))) refuse(call.node, "Arguments to \"$what\" must be explicitly named")
        else if (call.arguments && required(known).size() > 1) refuse(call.node, "Arguments to \"$what\" must be explicitly named")
        else if (call.arguments) found[(required(known) ?: names(known))[0]] = value(call.arguments[0])
        required(known).each { if (!found.containsKey(it)) refuse(call.node, "Missing required parameter of $what: \"$it\"") }
        found
    }

    private List names(Map block, List known, String kind) {
        if (!needsBody(block, block.name)) return []
        def found = calls(block)
        if (!found) refuse(block.node, "${block.name} can not be empty")
        found.each { Map entry ->
            if (known != null && !(entry.name in known)) refuse(entry.node, "Invalid $kind type \"${entry.name}\". Valid types: $known")
            if (entry.arguments && entry.named) refuse(entry.node, 'Cannot mix named and unnamed arguments')
            if (kind == 'tool' && !entry.arguments) refuse(entry.node, "No argument for tool \"${entry.name}\"")
            if (entry.body) refuse(entry.node, "$kind definitions cannot have blocks")
        }
        if (kind in ['option', 'triggers']) found*.name.countBy { it }.each { name, count ->
            if (count > 1) refuse(block.node, "Duplicate $kind name: \"$name\"")
        }
        found*.name
    }

    private Map environment(Map block) {
        def found = [:]
        if (!needsBody(block, 'environment')) return found
        if (!block.body.code.statements) refuse(block.node, 'No variables specified for environment')
        block.body.code.statements.each { Statement statement ->
            def expression = statement instanceof ExpressionStatement ? statement.expression : null
            if (!(expression instanceof BinaryExpression) || expression.operation.text != '=' || !(expression.leftExpression instanceof VariableExpression)) {
                refuse(statement, 'Expected name=value pairs in environment')
                return
            }
            def name = expression.leftExpression.name
            if (!(name ==~ /[A-Za-z_]\w*/)) refuse(statement, "\"$name\" cannot be the name of an environment variable")
            if (found.containsKey(name)) refuse(statement, "Duplicate environment variable name: \"$name\"")
            if (!assignable(expression.rightExpression)) refuse(statement, 'Environment variable values must either be single quoted, double quoted, or function calls')
            found[name] = value(expression.rightExpression)
        }
        found
    }

    private boolean assignable(Expression expression) {
        switch (expression) {
            case ConstantExpression: return expression.value instanceof String || expression.value instanceof Number || expression.value instanceof Boolean
            case GStringExpression: return true
            case MethodCallExpression: return expression.methodAsString != '$' // ${X} without quotes
            case BinaryExpression: return expression.operation.text == '+' && assignable(expression.leftExpression) && assignable(expression.rightExpression)
            default: return expression instanceof VariableExpression || expression instanceof PropertyExpression
        }
    }

    private List conditions(Map block) {
        if (!needsBody(block, block.name)) return []
        def (flags, found) = calls(block).split { it.name in facts.whenFlags && block.name == 'when' }
        if (!found) refuse(block.node, "Empty ${block.name} closure, remove the property or add some content")
        found.collect { Map condition ->
            def known = facts.when[condition.name]
            if (known == null) { refuse(condition.node, "Unknown conditional ${condition.name}. Valid conditionals are: ${facts.when.keySet()}"); return [name: condition.name] }
            if (known == 'groovy') { needsBody(condition, condition.name); return [name: condition.name] }
            if (known instanceof List) return [name: condition.name] + given(condition, known, condition.name)
            def inner = conditions(condition)
            if (condition.arguments || condition.named) refuse(condition.node, "No additional arguments are allowed for children when condition \"${condition.name}\"")
            if (known > 0 && inner.size() != known) refuse(condition.node, "Nested when condition \"${condition.name}\" requires exactly $known child condition(s)")
            [name: condition.name, conditions: inner]
        }
    }

    private Map post(Map block) {
        def found = sections(block, facts.post, 'post')
        if (block.body && !found) refuse(block.node, 'post can not be empty')
        found.collectEntries { name, condition -> [name, steps(condition, name)] }
    }

    private List steps(Map block, String what) {
        if (!needsBody(block, what)) return []
        def statements = block.body.code.statements
        if (!statements) refuse(block.node, "No steps specified for $what")
        statements.collect { Statement statement ->
            def step = asCall(statement)
            if (step == null) { refuse(statement, 'Expected a step'); return [step: null] }
            def known = facts.steps[step.name]
            if (known == null) { refuse(statement, "Unknown step \"${step.name}\""); return [step: step.name] }
            if (known == 'groovy') { needsBody(step, step.name); return [step: step.name, line: statement.lineNumber] }
            def found = [step: step.name, line: statement.lineNumber, given: given(step, known, step.name)]
            if ('{}' in known) found.steps = steps(step, step.name)
            else if (step.body) refuse(statement, "${step.name} takes no block")
            found
        }
    }

    private List<Map> calls(Map block) {
        (block.body?.code?.statements ?: []).collect { Statement statement ->
            def found = asCall(statement)
            if (found == null) refuse(statement, "Not a valid section definition in ${block.name}: \"${statement.text}\"")
            found
        }.findAll()
    }

    /** A statement as a call on nothing: `name arg, key: value { … }`; null when it is something else. */
    private static Map asCall(Statement statement) {
        def expression = statement instanceof ExpressionStatement ? statement.expression : null
        if (!(expression instanceof MethodCallExpression) || !expression.implicitThis) return null
        def arguments = expression.arguments instanceof TupleExpression ? expression.arguments.expressions : [expression.arguments]
        def body = arguments && arguments[-1] instanceof ClosureExpression ? arguments[-1] : null
        if (body) arguments = arguments.dropRight(1)
        def maps = arguments.findAll { it instanceof NamedArgumentListExpression || (it instanceof MapExpression && it.is(arguments[0])) }
        def named = maps*.mapEntryExpressions.flatten().collectEntries { [it.keyExpression.text, it.valueExpression] }
        [name: expression.methodAsString, node: expression, arguments: arguments - maps, named: named, body: body]
    }

    private static literal(Expression expression) { expression instanceof ConstantExpression ? expression.value : null }

    /** What a report can hold: the value itself where it is written down, else its text with `interpolated`. */
    private static value(Expression expression) {
        switch (expression) {
            case ConstantExpression: return expression.value
            case GStringExpression: return [interpolated: expression.text]
            case ListExpression: return expression.expressions.collect { value(it) }
            case MapExpression: return expression.mapEntryExpressions.collectEntries { [it.keyExpression.text, value(it.valueExpression)] }
            case MethodCallExpression: return [call: expression.methodAsString, arguments: value(expression.arguments)]
            case TupleExpression: return expression.expressions.collect { value(it) }
            default: return [code: expression.text]
        }
    }
}
