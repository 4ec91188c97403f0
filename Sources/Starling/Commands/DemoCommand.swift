import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Set up a made-up community to try things with.",
        discussion: """
            Few accounts have many followers and many have few, as in real networks. The same size and seed give the
            same community; a second run adds only what is missing. It has an account `demo` to log in with.
            """)

    @OptionGroup var data: DataDirectoryOption
    @Option(help: "Accounts.") var users = 200
    @Option(help: "Follows.") var follows = 3_000
    @Option(help: "Posts, spread over the last 14 days.") var posts = 2_000
    @Option(help: "Decides who follows whom and who says what.") var seed: UInt64 = 1
    @Option(help: "The password of the account `demo`.") var password = "starling-demo"

    func run() async throws {
        let community = DemoCommunity(
            size: .init(users: users, follows: follows, posts: posts), seed: seed, password: password)
        let login = try await data.use(isFirst: true, handlesEvents: true) { try await community.install(through: $0) }
        print("Demo community ready: \(login.newFollows) new follows, \(login.newPosts) new posts.")
        print("Log in as \(login.username) with the password \(login.password)")
    }
}
