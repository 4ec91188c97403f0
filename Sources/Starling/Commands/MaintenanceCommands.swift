import ArgumentParser
import Core
import EventLog
import Foundation
import Timelines

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the store to this version's schema, as every start does.")
    @OptionGroup var data: DataDirectoryOption

    func run() async throws {
        _ = try await ElapsedTime.shown("Migrating the store") {
            try await data.use(isFirst: true) { try await $0.answer(.status) }
        }
        print("The store is up to date.")
    }
}

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell which servers use the community, and how it is doing.")
    @OptionGroup var data: DataDirectoryOption

    func run() async throws {
        guard case .status(let status) = try await data.use({ try await $0.answer(.status) }) else { return }
        let isServer = status.processID != Int(ProcessInfo.processInfo.processIdentifier)
        if isServer {
            print("A server runs as process \(status.processID).")
        } else if status.others.isEmpty {
            print("No server runs.")
        }
        for other in status.others {
            let roles = other.roles.isEmpty ? "" : " (\(other.roles))"
            print("A server uses the store as node \(other.node)\(roles), since \(other.startedAt).")
        }
        print("Version \(status.version), \(status.warmTimelines) timelines in memory, events: \(status.eventLogHead)")
    }
}

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Manage the keys that sign access tokens.", subcommands: [Rotate.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign with a new key from now on; tokens of the old one stay valid until they expire.")
        @OptionGroup var data: DataDirectoryOption
        @Flag(name: .customLong("revoke-old"), help: "Refuse tokens of the old keys at once: everyone refreshes.")
        var revokeOld = false

        func run() async throws {
            _ = try await data.use { try await $0.answer(.rotateKeys(revokingOld: revokeOld)) }
            print("A new key signs from now on.")
        }
    }
}

struct RebuildTimelinesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild-timelines",
        abstract: "Drop the timelines in the server's memory and build them anew.",
        discussion: "They refill by themselves; this is for when you do not want to wait for that, or to be sure.")
    @OptionGroup var data: DataDirectoryOption

    func run() async throws {
        let reply = try await data.use { port in
            try await ElapsedTime.shown("Rebuilding timelines") { try await port.answer(.rebuildTimelines) }
        }
        guard case .count(let count) = reply else { return }
        print("Rebuilt \(count) timelines; the others are built when they are next read.")
    }
}

struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "Events that could not be handled.",
        subcommands: [List.self, Replay.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List them with the reasons.")
        @OptionGroup var data: DataDirectoryOption

        func run() async throws {
            guard case .deadLetters(let letters) = try await data.use({ try await $0.answer(.deadLetters) }) else {
                return
            }
            if letters.isEmpty { print("There are no dead letters.") }
            if letters.count == Limits.deadLettersListedMax {
                print("The oldest \(letters.count); there may be more.")
            }
            for letter in letters {
                print(
                    "\(letter.diedAt) \(letter.group) offset \(letter.offset) \(letter.kind) "
                        + "after \(letter.attempts) attempts: \(letter.reason)")
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Handle them again; those that succeed are gone.")
        @OptionGroup var data: DataDirectoryOption

        func run() async throws {
            let reply = try await data.use { try await $0.answer(.replayDeadLetters) }
            guard case .replayed(let succeeded, let failed, let foreign) = reply else { return }
            print("\(succeeded) handled, \(failed) failed again.")
            for (group, count) in foreign.sorted(by: { $0.key < $1.key }) {
                print("\(count) of the group \(group) left: it is not known here. \(Self.remedy(group))")
            }
            if failed > 0 || !foreign.isEmpty { throw ExitCode.failure }
        }

        private static func remedy(_ group: String) -> String {
            group == FanOutWork.group
                ? "Timelines are in Redis: give --redis-url. Without Redis, ask the server that has them in memory: name its "
                    + "folder with --data-dir."
                : "Another version of Starling may know it."
        }
    }
}

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify the store: counters against rows, timelines against the store, orphans.",
        discussion: "Exits with 2 where it finds something wrong, also where --repair then mends it.")
    @OptionGroup var data: DataDirectoryOption
    @Flag(help: "Set right what is derived: counters, the second direction of follows, timelines.") var repair = false
    @Option(help: "Feeds to compare, those in memory first.") var sample = 100

    func run() async throws {
        guard sample >= 0 else { throw ValidationError("--sample cannot be negative.") }
        let command = AdminCommand.check(repair: repair, sample: sample)
        let reply = try await data.use(handlesEvents: true) { port in
            try await ElapsedTime.shown("Checking the store") { try await port.answer(command) }
        }
        guard case .check(let check) = reply else { return }
        for line in check.verified { print("verified: \(line)") }
        for line in check.problems { print("PROBLEM: \(line)") }
        if repair { print("repaired: \(check.repaired)") }
        if check.problems.isEmpty { print("Nothing is wrong.") } else { throw CommandFailure.problemsFound }
    }
}
