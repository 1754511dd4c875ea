/** Ends the steps that run: Jenkins' `error`, a shell line that failed, an input that was not given. */
class Stopped extends RuntimeException {
    final String result
    Stopped(String message, String result = 'FAILURE') { super(message); this.result = result }
}
