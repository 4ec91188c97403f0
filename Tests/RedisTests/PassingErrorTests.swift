import Redis
import Testing
import Timelines

@Suite struct PassingErrorTests {
    @Test(
        "what Redis refuses whatever the event is, is no event's fault",
        arguments: [
            "NOPERM this user has no permissions to run the 'evalsha' command", "NOAUTH Authentication required.",
            "WRONGPASS invalid username-password pair or user is disabled.", "LOADING Redis is loading the dataset",
            "OOM command not allowed when used memory > 'maxmemory'.", "MASTERDOWN Link with MASTER is down",
            "NOREPLICAS Not enough good replicas to write.", "UNKILLABLE Sorry the script already executed",
            "ERR max number of clients reached", "ERR unknown command 'EVALSHA', with args beginning with: ",
            "ERR ACL failure in script: User default has no permissions to run the 'zadd' command",
        ])
    func passing(answer: String) {
        #expect(RedisError(.server, answer).isPassing)
    }

    @Test(
        "a command that makes no sense stays so",
        arguments: [
            "WRONGTYPE Operation against a key holding the wrong kind of value",
            "ERR wrong number of arguments for 'zadd' command", "ERR value is not an integer or out of range",
            "ERR user_script:1: attempt to index a nil value script: 5f, on @user_script:1.",
            "CROSSSLOT Keys in request don't hash to the same slot",
        ])
    func lasting(answer: String) {
        #expect(!RedisError(.server, answer).isPassing)
    }

    @Test("no answer passes, an answer of another shape does not", arguments: RedisError.Code.allCases)
    func codes(code: RedisError.Code) {
        guard code != .server else { return }
        #expect(RedisError(code, "").isPassing == (code != .invalidSetting && code != .unexpectedReply))
    }
}
