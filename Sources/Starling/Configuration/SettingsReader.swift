import Configuration
import Foundation

/// A setting that a server cannot start with. The sentence says what to do.
struct SettingsError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Looks settings up in the flags, then the environment, then the file.
struct SettingsReader {
    private let reader: ConfigReader
    private let known: Set<Setting>

    /// - Throws: `SettingsError` for a name that nothing reads, or a file that cannot be read.
    init(flags: [Setting: SettingValue], environment: [String: String], file: String?) async throws {
        let own = environment.filter { $0.key.hasPrefix(Setting.environmentPrefix) }
        try Self.refuseUnknown(own.keys, names: Setting.allCases.map(\.environmentName), in: "the environment")
        let bare = Dictionary(
            uniqueKeysWithValues: own.map { (String($0.key.dropFirst(Setting.environmentPrefix.count)), $0.value) })
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: Self.configValues(flags)),
            EnvironmentVariablesProvider(environmentVariables: bare),
        ]
        var known = Set(flags.keys).union(Setting.allCases.filter { own[$0.environmentName] != nil })
        if let file {
            let keys = try Self.keys(ofFile: file)
            try Self.refuseUnknown(keys, names: Setting.allCases.map(\.rawValue), in: file)
            known.formUnion(keys.compactMap(Setting.init(rawValue:)))
            let location = ConfigReader(provider: InMemoryProvider(values: ["filePath": .init(stringLiteral: file)]))
            providers.append(try await FileProvider<JSONSnapshot>(config: location))
        }
        reader = ConfigReader(providers: providers)
        self.known = known
    }

    func text(_ setting: Setting, default fallback: String) throws -> String {
        try optionalText(setting) ?? fallback
    }

    func optionalText(_ setting: Setting) throws -> String? {
        guard known.contains(setting) else { return nil }
        guard let value = reader.string(forKey: ConfigKey([setting.rawValue])) else {
            throw SettingsError("\(setting.rawValue) must be text.")
        }
        return value
    }

    func number(_ setting: Setting, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
        try optionalNumber(setting, in: range) ?? fallback
    }

    func optionalNumber(_ setting: Setting, in range: ClosedRange<Int>) throws -> Int? {
        guard known.contains(setting) else { return nil }
        guard let value = reader.int(forKey: ConfigKey([setting.rawValue])), range.contains(value) else {
            throw SettingsError(
                "\(setting.rawValue) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    private static func configValues(_ flags: [Setting: SettingValue]) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (setting, value) in flags {
            values[AbsoluteConfigKey([setting.rawValue])] =
                switch value {
                case .text(let text): ConfigValue(stringLiteral: text)
                case .number(let number): ConfigValue(integerLiteral: number)
                }
        }
        return values
    }

    private static func keys(ofFile path: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError("There is no configuration file \(path); check --config.")
        }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw SettingsError("\(path) must hold one JSON object of settings, such as {\"port\": 8080}.")
        }
        return Array(object.keys)
    }

    private static func refuseUnknown(
        _ found: some Collection<String>, names: [String], in place: String
    ) throws {
        guard let unknown = found.sorted().first(where: { !names.contains($0) }) else { return }
        throw SettingsError(
            "\(place) sets \(unknown), which is no setting. Known are: \(names.sorted().joined(separator: ", ")).")
    }
}
