import ArgumentParser
import Core

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Create, suspend and open accounts.",
        subcommands: [Create.self, SetPassword.self, Suspend.self, Reinstate.self, Deletions.self, Token.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create an account.")
        @OptionGroup var data: DataDirectoryOption
        @Argument(help: "2 to 30 of a-z, 0-9 and _.") var username: String
        @Option(help: "Asked for on standard input where it is `-`; without one nobody can log in.")
        var password: String?
        @Option var email: String?

        func run() async throws {
            let command = AdminCommand.createUser(
                username: username, email: email, password: try PasswordInput.read(password))
            let reply = try await data.use(isFirst: true) { try await $0.answer(command) }
            guard case .user(let id, let name) = reply else { return }
            print("Created \(name) with id \(id).")
        }
    }

    struct SetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-password",
            abstract: "Give an account a password; every session of it ends.")
        @OptionGroup var data: DataDirectoryOption
        @Argument var username: String
        @Option(help: "Read from standard input where it is `-` or missing.") var password = "-"

        func run() async throws {
            let password = try PasswordInput.read(password) ?? ""
            _ = try await data.use { try await $0.answer(.setPassword(username: username, password: password)) }
            print("Password of \(username) set.")
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hide an account and everything it wrote, and end its sessions.")
        @OptionGroup var data: DataDirectoryOption
        @Argument var username: String

        func run() async throws {
            _ = try await data.use { try await $0.answer(.suspend(username: username)) }
            print("\(username) is suspended.")
        }
    }

    struct Reinstate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lift a suspension.")
        @OptionGroup var data: DataDirectoryOption
        @Argument var username: String

        func run() async throws {
            _ = try await data.use { try await $0.answer(.reinstate(username: username)) }
            print("\(username) is active again.")
        }
    }

    struct Deletions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which accounts wait to be erased, and the receipts of those that were.")
        @OptionGroup var data: DataDirectoryOption
        @Option(help: "Only this one's, by its id.") var id: Int64?

        func run() async throws {
            let command = AdminCommand.deletions(account: id)
            guard case .deletions(let deletions) = try await data.use({ try await $0.answer(command) }) else { return }
            for deletion in deletions { print(deletion.text) }
            if deletions.isEmpty {
                print(id.map { "The account \($0) does not wait to be erased, and was not." } ?? "No deletions.")
            }
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print access tokens of existing accounts, for load tests; they last a day.")
        @OptionGroup var data: DataDirectoryOption
        @Argument(help: "Whose; without names, of --count accounts.") var usernames: [String] = []
        @Option(help: "How many accounts, where none are named.") var count = 1
        @Option(name: .customLong("followers-of"), help: "Of up to --count followers of this account.")
        var followersOf: String?
        @Flag(help: "Print username and token, with a space between.") var names = false

        func validate() throws {
            guard count >= 1, count <= Limits.issuedTokensMax else {
                throw ValidationError("--count must be from 1 to \(Limits.issuedTokensMax).")
            }
        }

        func run() async throws {
            let command =
                if let followersOf {
                    AdminCommand.followerTokens(username: followersOf, count: count)
                } else {
                    AdminCommand.tokens(usernames: usernames, count: count)
                }
            guard case .tokens(let tokens) = try await data.use({ try await $0.answer(command) }) else { return }
            try await CommandFailure.explained {
                let missing = Set(usernames.map { $0.lowercased() }).subtracting(tokens.map(\.username))
                guard missing.isEmpty else {
                    throw SettingsError("No active account is called \(missing.sorted().joined(separator: ", ")).")
                }
            }
            for token in tokens { print(names ? "\(token.username) \(token.accessToken)" : token.accessToken) }
        }
    }
}

/// Keeps passwords out of the process list where one wants that.
enum PasswordInput {
    static func read(_ option: String?) throws -> String? {
        guard option == "-" else { return option }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw ValidationError("No password on standard input.")
        }
        return line
    }
}
