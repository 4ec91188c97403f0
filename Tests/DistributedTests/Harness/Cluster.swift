import Foundation
import TestServers
import TestSupport

/// Processes of Starling over engines that they share.
final class Cluster: Sendable {
    struct Shape: Sendable {
        var apis = 2
        var fanouts = 2
        var relays = 0
        var upkeeps = 1
        var flags = ["--rate-limits", "off", "--database-connections", "6"]
    }

    let databaseURL: String
    let members: [Member]
    private let folder: TemporaryFolder

    /// Starts every process, and waits until all are ready.
    init(database: String, redis: String, kafka: [String]? = nil, _ shape: Shape = Shape()) async throws {
        databaseURL = database
        folder = try TemporaryFolder()
        var flags = ["--database-url", database, "--redis-url", redis]
        if let kafka { flags += ["--kafka-brokers", kafka.joined(separator: ",")] }
        var members: [Member] = []
        let roles = [
            ("api", shape.apis), ("fanout", shape.fanouts), ("relay", shape.relays), ("upkeep", shape.upkeeps),
        ]
        for (role, count) in roles {
            for number in 0..<count {
                members.append(
                    try Member("\(role)-\(number + 1)", role: role, flags: flags + shape.flags, in: folder))
            }
        }
        self.members = members
        // The first one brings the schema up to date.
        for member in members {
            try member.start()
            if member === members.first { try await member.waitUntilReady() }
        }
        for member in members { try await member.waitUntilReady() }
    }

    func members(_ role: String) -> [Member] { members.filter { $0.name.hasPrefix(role + "-") } }
    var apis: [Member] { members("api") }
    var apiPorts: [Int] { apis.compactMap(\.port) }

    /// Kills one and starts it again.
    func killAndRestart(_ member: Member) async throws {
        member.kill()
        try member.start()
        try await member.waitUntilReady()
    }

    /// What no outage excuses: a trap, an end that nobody asked for, or SQL that PostgreSQL does not understand.
    var breakdowns: [String] {
        members.flatMap { member -> [String] in
            var found = member.logText.split(separator: "\n")
                .filter { line in Self.signsOfBreakdown.contains { line.contains($0) } }
                .map { "\(member.name): \($0.prefix(300))" }
            if let status = member.exitStatus {
                found.append("\(member.name) ended with \(status): \(member.lastLines)")
            }
            return Array(found.prefix(3))
        }
    }

    /// Codes from 42000 on are PostgreSQL's for statements that are wrong whatever the data.
    private static let signsOfBreakdown = ["Fatal error", "Program crashed", "level=critical", "PostgreSQL 42"]

    /// Asks all to end, as an operator would.
    /// - Returns: those that did not, or not well.
    func end() async throws -> [String] {
        var found: [String] = []
        for member in members {
            let status = try await member.end()
            if status != 0 { found.append("\(member.name) ended with \(status.map(String.init) ?? "a kill")") }
        }
        return found
    }

    /// Runs a command of the program to its end, through the first api, or by itself beside all processes.
    func command(_ words: [String], aside flags: [String]? = nil) async throws -> String {
        let name = "command-\(UInt32.random(in: 0 ... .max))"
        let file = folder.file(name)
        let data = flags == nil ? apis[0].dataDirectory : try folder.folder(name + "-data")
        let place = ["--data-dir", data, "--database-url", databaseURL] + (flags ?? [])
        let child = try Child([try StarlingBinary.path()] + words + place, log: file)
        let status = try await child.exit(within: .seconds(60))
        let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        guard status == 0 else {
            throw Member.Trouble(description: "`starling \(words.joined(separator: " "))`: \(text)")
        }
        return text
    }
}
