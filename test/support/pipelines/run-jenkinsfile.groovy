/*
 * Runs declarative Jenkinsfiles by the Groovy that Jenkins has (2.4.21): its words section by section as
 * https://www.jenkins.io/doc/book/pipeline/syntax/ lists them, `when` by Ant's own matcher, `sh` by the system's shell.
 * Any other word, an interpolated string and any statement that is not a declaration is refused.
 *
 * Arguments: a JSON file that says which files in which worlds, and the JSON file for what came of each.
 */
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.apache.tools.ant.types.selectors.SelectorUtils
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.CompilationFailedException
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.customizers.SecureASTCustomizer

class Refused extends RuntimeException {
    Refused(String message) { super(message) }
}

/** What a run is in, and what becomes of it. */
class World {
    Map given
    Map outcome = [result: 'SUCCESS', stages: [], agent: null, options: [], triggers: [], archived: [], environments: [:]]
    StringBuilder log = new StringBuilder()
    Set<String> stageNames = []

    String env(String name) { given.env[name] }

    void sh(String script, Map<String, String> env) {
        def file = new File(given.temporary as String, "script-${System.nanoTime()}.sh")
        file.setText(script, 'UTF-8')
        file.setExecutable(true)
        // Without an interpreter of its own Jenkins traces it: sh -xe.
        def command = script.startsWith('#!') ? [file.path] : ['sh', '-xe', file.path]
        def builder = new ProcessBuilder(command).directory(new File(given.workspace as String)).redirectErrorStream(true)
        builder.environment().clear()
        // As EnvVars.override: an empty value takes the variable away.
        builder.environment().putAll((given.env + env).findAll { it.value != null && it.value != '' } as Map)
        def process = builder.start()
        process.outputStream.close()
        log << process.inputStream.getText('UTF-8')
        def status = process.waitFor()
        if (status != 0) {
            throw new RuntimeException("script returned exit code ${status}")
        }
    }
}

/** A block of the file, which knows the words that are in it. */
abstract class Section {
    World world

    abstract String what()

    def fill(Closure body) {
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body.delegate = this
        body()
        this
    }

    def methodMissing(String name, arguments) { throw new Refused("${name} is no word of ${what()}") }

    def propertyMissing(String name) { throw new Refused("${name} is no word of ${what()}") }
}

class EnvironmentSection extends Section {
    Map<String, String> values = [:]

    String what() { 'environment' }

    def propertyMissing(String name, value) {
        if (!(name ==~ /[A-Za-z_][A-Za-z0-9_]*/) || !(value instanceof String)) {
            throw new Refused("${name} is no variable with a text")
        }
        values[name] = value
    }
}

class AgentSection extends Section {
    Map values = [:]

    String what() { 'agent' }

    def label(String text) { values.label = text }

    def docker(Closure body) { values.docker = new DockerAgent(world: world).fill(body).values }
}

class DockerAgent extends Section {
    Map values = [:]

    String what() { 'agent docker' }

    def image(String text) { values.image = text }

    def label(String text) { values.label = text }
}

class OptionsSection extends Section {
    String what() { 'options' }

    def timeout(Map limit) { world.outcome.options << [timeout: limit] }

    def disableConcurrentBuilds() { world.outcome.options << 'disableConcurrentBuilds' }

    def buildDiscarder(Map rotator) { world.outcome.options << [buildDiscarder: rotator] }

    def logRotator(Map numbers) { numbers }
}

class TriggersSection extends Section {
    String what() { 'triggers' }

    def cron(String text) { world.outcome.triggers << text }
}

/** Conditions; all of one section, unless it is `anyOf`. */
class WhenSection extends Section {
    List<Boolean> found = []

    String what() { 'when' }

    private boolean matches(Map wish, String value) {
        if (value == null) {
            return false
        }
        wish.comparator == 'GLOB' ? SelectorUtils.matchPath(wish.pattern as String, value, true) : wish.pattern == value
    }

    def branch(Map wish) { found << matches(wish, world.env('BRANCH_NAME')) }

    def tag(Map wish) { found << matches(wish, world.env('TAG_NAME')) }

    def buildingTag() { found << (world.env('TAG_NAME') != null) }

    def changeRequest() { found << (world.env('CHANGE_ID') != null) }

    def triggeredBy(String cause) { found << (cause in world.given.causes) }

    def triggeredBy(Map wish) { found << (wish.cause in world.given.causes) }

    def environment(Map wish) { found << (world.env(wish.name as String) == wish.value) }

    def changeset(Map wish) {
        found << world.given.changes.any { SelectorUtils.matchPath(wish.pattern as String, it as String, wish.caseSensitive as boolean) }
    }

    private List<Boolean> inner(Closure body) {
        def results = new WhenSection(world: world).fill(body).found
        if (results.empty) {
            throw new Refused('a condition without conditions in it')
        }
        results
    }

    def anyOf(Closure body) { found << inner(body).any() }

    def allOf(Closure body) { found << inner(body).every() }

    def not(Closure body) {
        def results = inner(body)
        if (results.size() != 1) {
            throw new Refused('not takes one condition')
        }
        found << !results[0]
    }
}

class StepsSection extends Section {
    Map<String, String> env = [:]
    int count = 0

    String what() { 'steps' }

    def sh(String script) {
        count++
        world.sh(script, env)
    }

    def archiveArtifacts(Map wish) {
        count++
        world.outcome.archived << wish.artifacts
    }

    def withCredentials(List<Map> bindings, Closure body) {
        def inner = new StepsSection(world: world, env: env + bindings.collectEntries { it })
        inner.fill(body)
        count += inner.count
    }

    private Map credential(Map wish, String kind) {
        def found = world.given.credentials[wish.credentialsId]
        if (found?.kind != kind) {
            throw new RuntimeException("Could not find credentials entry with ID '${wish.credentialsId}' of the kind ${kind}")
        }
        found
    }

    def usernamePassword(Map wish) {
        def found = credential(wish, 'username with password')
        [(wish.usernameVariable): found.username, (wish.passwordVariable): found.password]
    }

    def gitUsernamePassword(Map wish) {
        credential(wish, 'username with password')
        [GIT_TERMINAL_PROMPT: 'false']
    }

    def string(Map wish) { [(wish.variable): credential(wish, 'secret text').secret] }

    def file(Map wish) { [(wish.variable): credential(wish, 'secret file').path] }
}

class PostSection extends Section {
    Map<String, Closure> bodies = [:]

    String what() { 'post' }

    def always(Closure body) { bodies.always = body }

    def cleanup(Closure body) { bodies.cleanup = body }
}

class StagesSection extends Section {
    List<List> stages = []

    String what() { 'stages' }

    def stage(String name, Closure body) {
        if (!world.stageNames.add(name)) {
            throw new Refused("Duplicate stage name: \"${name}\"")
        }
        stages << [name, body]
    }
}

/** A stage, or the pipeline around all of them. */
class StageSection extends Section {
    boolean isRoot
    Map<String, Closure> parts = [:]
    def agentValue

    String what() { isRoot ? 'pipeline' : 'stage' }

    def getAny() { [any: true] }

    private void take(String name, Closure body, boolean allowed) {
        if (!allowed || parts.put(name, body) != null) {
            throw new Refused("${name} is not for ${what()}, or there twice")
        }
    }

    def agent(Map value) { agentValue = value }

    def agent(Closure body) { agentValue = new AgentSection(world: world).fill(body).values }

    def options(Closure body) { take('options', body, true) }

    def triggers(Closure body) { take('triggers', body, isRoot) }

    def environment(Closure body) { take('environment', body, true) }

    def when(Closure body) { take('when', body, !isRoot) }

    def steps(Closure body) { take('steps', body, !isRoot) }

    def stages(Closure body) { take('stages', body, true) }

    def post(Closure body) { take('post', body, true) }

    /** @return whether it went well */
    boolean run(String name, Map<String, String> outer) {
        if ((parts.steps == null) == (parts.stages == null)) {
            throw new Refused("${name} needs either steps or stages")
        }
        def env = outer + (parts.environment ? new EnvironmentSection(world: world).fill(parts.environment).values : [:])
        if (!isRoot) {
            world.outcome.environments[name] = env
        }
        if (parts.options) {
            new OptionsSection(world: world).fill(parts.options)
        }
        if (parts.triggers) {
            new TriggersSection(world: world).fill(parts.triggers)
        }
        if (parts.when && !new WhenSection(world: world).fill(parts.when).found.every()) {
            record(name, 'skipped')
            return true
        }
        def ok = attempt { parts.steps ? runSteps(parts.steps, env) : runStages(env) }
        def bodies = parts.post ? new PostSection(world: world).fill(parts.post).bodies : [:]
        ok = ['always', 'cleanup'].findAll { bodies[it] }.inject(ok) { before, one ->
            attempt { runSteps(bodies[one], env) } && before
        }
        record(name, ok ? 'success' : 'failure')
        ok
    }

    private void record(String name, String status) {
        if (!isRoot) {
            world.outcome.stages << [name: name, status: status]
        }
    }

    private boolean attempt(Closure<Boolean> body) {
        try {
            body()
        } catch (Refused refused) {
            throw refused
        } catch (RuntimeException failed) {
            world.log << "ERROR: ${failed.message}\n"
            false
        }
    }

    private boolean runSteps(Closure body, Map<String, String> env) {
        if (new StepsSection(world: world, env: env).fill(body).count == 0) {
            throw new Refused('steps without a step')
        }
        true
    }

    private boolean runStages(Map<String, String> env) {
        def list = new StagesSection(world: world).fill(parts.stages).stages
        if (list.empty) {
            throw new Refused('No stages specified')
        }
        list.every { name, body -> new StageSection(world: world).fill(body).run(name, env) }
    }
}

abstract class JenkinsScript extends Script {
    static World world

    def pipeline(Closure body) {
        def root = new StageSection(world: world, isRoot: true).fill(body)
        if (root.agentValue == null) {
            throw new Refused('Missing required section "agent"')
        }
        world.outcome.agent = root.agentValue
        world.outcome.result = root.run('the pipeline', [:]) ? 'SUCCESS' : 'FAILURE'
    }
}

def (request, answer) = args.collect { new File(it) }
def plain = new SecureASTCustomizer(
    methodDefinitionAllowed: false,
    packageAllowed: false,
    importsWhitelist: [],
    statementsWhitelist: [BlockStatement, ExpressionStatement],
    expressionsWhitelist: [MethodCallExpression, ArgumentListExpression, TupleExpression, NamedArgumentListExpression, MapExpression,
        MapEntryExpression, ListExpression, ClosureExpression, ConstantExpression, VariableExpression, BinaryExpression],
)
def configuration = new CompilerConfiguration(scriptBaseClass: JenkinsScript.name, sourceEncoding: 'UTF-8')
configuration.addCompilationCustomizers(plain)
def shell = new GroovyShell(this.class.classLoader, new Binding(), configuration)
def outcomes = (new JsonSlurper().parse(request, 'UTF-8') as List<Map>).collect { given ->
    def world = new World(given: given)
    JenkinsScript.world = world
    try {
        shell.parse(new File(given.jenkinsfile as String)).run()
    } catch (Refused | CompilationFailedException error) {
        world.outcome.result = 'REFUSED'
        world.log << error.message
    }
    world.outcome + [log: world.log.toString()]
}
answer.setText(JsonOutput.toJson(outcomes), 'UTF-8')
