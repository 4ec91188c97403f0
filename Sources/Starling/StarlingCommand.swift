import ArgumentParser

/// The command line.
@main
struct StarlingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "starling",
        abstract: "A social feed server: people post, follow each other, and open a home feed that is already there.",
        discussion: """
            Start a server with its data in ./starling-data and try it:

              starling demo
              starling serve

            Commands that change data work beside a running server: they are sent to it through the admin socket in
            its data directory. Without one they do the work themselves.

            Exit codes: 0 done, 1 failed (the reason is on standard error), 2 the check found problems,
            64 wrong usage.
            """,
        version: StarlingVersion.current,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ImportCommand.self, UserCommand.self, KeysCommand.self,
            MigrateCommand.self, MigrateProfileCommand.self, RebuildTimelinesCommand.self, DeadLettersCommand.self,
            CheckCommand.self, BenchCommand.self, PlanCommand.self, StatusCommand.self,
        ])
}
