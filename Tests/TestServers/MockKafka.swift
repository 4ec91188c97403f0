import Synchronization
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A Kafka cluster for one test: librdkafka's mock brokers in a process of their own, `MockKafkaCluster`, which is built
/// beside the tests. It ends when this is let go, and with this process in any case.
package final class MockKafka: Sendable {
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    /// `host:port` of each broker.
    package let brokers: [String]
    private let child: pid_t
    private let commands: Int32
    private let answers: Mutex<LineInput>

    package init(brokers count: Int = 3) throws {
        let own = CommandLine.arguments.first ?? ""
        let program = (own.lastIndex(of: "/").map { String(own[..<$0]) } ?? ".") + "/MockKafkaCluster"
        guard access(program, X_OK) == 0 else {
            throw Unusable(
                description:
                    "There is no Kafka to test with at \(program). Build it: apt-get install librdkafka-dev && "
                    + "swift build --product MockKafkaCluster")
        }
        var (input, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard pipe(&input) == 0, pipe(&output) == 0 else { throw Unusable(description: "no pipe: \(errno)") }
        // No other child has these ends, or it would keep this one alive.
        for end in input + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        child = try Self.spawn([program, String(count)], input: input[0], output: output[1])
        close(input[0])
        close(output[1])
        commands = input[1]
        var lines = LineInput(descriptor: output[0])
        let greeting = lines.next().split(separator: " ")
        answers = Mutex(lines)
        guard greeting.count == 2, greeting[0] == "bootstrap" else {
            throw Unusable(description: "the mock cluster does not start")
        }
        brokers = greeting[1].split(separator: ",").map(String.init)
    }

    deinit {
        close(commands)
        answers.withLock { _ = close($0.descriptor) }
        kill(child, SIGKILL)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
    }

    /// - Parameter id: from 1 on.
    package func down(_ id: Int) throws { try command("broker-down \(id)") }
    package func up(_ id: Int) throws { try command("broker-up \(id)") }
    package func downAll() throws { for id in 1...brokers.count { try down(id) } }
    package func upAll() throws { for id in 1...brokers.count { try up(id) } }
    package func roundTrip(_ id: Int, milliseconds: Int) throws { try command("rtt \(id) \(milliseconds)") }
    package func createTopic(_ name: String, partitions: Int) throws { try command("topic \(name) \(partitions)") }

    /// The next `count` requests of a kind fail.
    /// - Parameters:
    ///   - request: the protocol's number of the kind, such as 0 for produce and 1 for fetch.
    ///   - code: the protocol's error; -195 cuts the connection.
    package func fail(request: Int, code: Int, count: Int) throws { try command("error \(request) \(code) \(count)") }

    private func command(_ text: String) throws {
        let answer = answers.withLock { lines in
            let bytes = Array((text + "\n").utf8)
            _ = write(commands, bytes, bytes.count)
            return lines.next()
        }
        guard answer == "ok" else { throw Unusable(description: "\(text): \(answer)") }
    }

    private static func spawn(_ arguments: [String], input: Int32, output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var strings = arguments.map { strdup($0) }
        defer { for string in strings { free(string) } }
        strings.append(nil)
        var child = pid_t()
        let code = posix_spawn(&child, arguments[0], &actions, nil, strings, environ)
        guard code == 0 else { throw Unusable(description: "\(arguments[0]) does not start: \(code)") }
        return child
    }
}

/// Lines read from a pipe.
private struct LineInput {
    let descriptor: Int32
    private var rest: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The next line; empty at the end, and when none comes within a minute: a test that hangs tells nothing.
    mutating func next() -> String {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { rest.removeSubrange(...end) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 60_000) > 0 else { return "" }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return "" }
            rest += buffer[..<count]
        }
    }
}
