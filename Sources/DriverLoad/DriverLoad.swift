import ArgumentParser

/// Loads one engine as Starling does, for `scripts/bench-distributed`. It writes made-up data: never run it on a store
/// that matters.
@main
struct DriverLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "DriverLoad", abstract: "Load one engine as Starling does, to measure it. Writes made-up data.",
        subcommands: [RelayLoad.self, DeliveryLoad.self])
}
