// What the package is built with and nobody types: `aislectl generate bash|zsh|man`, made of the verbs' own tree.
#include <fmt/format.h>

#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"

namespace aisle::cli {
namespace {

constexpr const char* kGroupOfNone = "";  // is not shown anywhere

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* verb) { return verb->get_group() != kGroupOfNone; });
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_group() != kGroupOfNone; });
}

// `visit` is called with "" for the program itself, then with "config", "config check" and so on.
void walk(const CLI::App& app, const std::string& path,
          const std::function<void(const std::string& path, const CLI::App& app)>& visit) {
  visit(path, app);
  for (const auto* verb : verbs_of(app))
    walk(*verb, path.empty() ? verb->get_name() : path + " " + verb->get_name(), visit);
}

std::string words_of(const CLI::App& app) {
  std::string words;
  for (const auto* verb : verbs_of(app)) words += verb->get_name() + " ";
  return words.substr(0, words.empty() ? 0 : words.size() - 1);
}

std::string flags_of(const CLI::App& app) {
  std::string flags;
  for (const auto* option : options_of(app))
    for (const auto& name : option->get_lnames()) flags += (flags.empty() ? "--" : " --") + name;
  return flags;
}

// What both shells share: the words and options after each path, and where in the tree the cursor is.
std::string tables(const CLI::App& app) {
  std::string verbs, flags;
  walk(app, "", [&](const std::string& path, const CLI::App& at) {
    verbs += fmt::format("  [\"@{}\"]=\"{}\"\n", path, words_of(at));
    flags += fmt::format("  [\"@{}\"]=\"{}\"\n", path, flags_of(at));
  });
  return fmt::format("  local -A verbs=(\n{}  )\n  local -A flags=(\n{}  )\n", verbs, flags);
}

std::string bash(const CLI::App& app) {
  return "# Completion of aislectl for bash.\n_aislectl() {\n" + tables(app) +
         R"(  local current=${COMP_WORDS[COMP_CWORD]} at=@ i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ " ${verbs[$at]} " != *" ${COMP_WORDS[i]} "* ]] || { [[ $at == @ ]] || at+=" "; at+=${COMP_WORDS[i]}; }
  done
  COMPREPLY=()
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${flags[$at]}" -- "$current")
  elif [[ -n ${verbs[$at]} ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${verbs[$at]}" -- "$current")
  fi
}
complete -o default -F _aislectl aislectl
)";
}

std::string zsh(const CLI::App& app) {
  return "#compdef aislectl\n# Completion of aislectl for zsh.\n_aislectl() {\n" + tables(app) + R"(  local at=@ i
  for ((i = 2; i < CURRENT; i++)); do
    [[ " ${verbs["$at"]} " != *" ${words[i]} "* ]] || { [[ $at == @ ]] || at+=" "; at+=${words[i]}; }
  done
  if [[ ${words[CURRENT]} == -* ]]; then
    compadd -- ${=flags["$at"]}
  elif [[ -n ${verbs["$at"]} ]]; then
    compadd -- ${=verbs["$at"]}
  else
    _files
  fi
}
_aislectl "$@"
)";
}

// Text for roff: nothing in it is a request or an escape, and a minus is one to copy.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string sentence(const std::string& text) {
  return text.empty() || text.ends_with('.') ? text : text + ".";
}

std::string man_options(const CLI::App& app) {
  std::string out;
  for (const auto* option : options_of(app)) {
    if (option->get_lnames() == std::vector<std::string>{"help"}) continue;
    const std::string name = option->get_name(option->get_positional());
    const std::string value = option->get_expected_max() > 0 && !option->get_positional() ? " \\fIVALUE\\fR" : "";
    out += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(name), value, roff(sentence(option->get_description())));
    if (!option->get_default_str().empty()) out += fmt::format("Default: {}.\n", roff(option->get_default_str()));
  }
  return out;
}

std::string man(const CLI::App& app) {
  std::string out = fmt::format(
      ".TH AISLECTL 1 \"\" \"Aisle {0}\" \"Aisle\"\n.SH NAME\naislectl \\- feeds and inspects an Aisle gateway\n.SH "
      "SYNOPSIS\n"
      ".B aislectl\n.I VERB\n.RI [ OPTION ...]\n.SH DESCRIPTION\nA running daemon owns its database: aislectl asks it "
      "over its control socket, and opens the database itself when none runs.\n"
      "Tables are for people, \\fB\\-\\-json\\fR is for programs.\n.SH VERBS\n",
      AISLE_VERSION);
  walk(app, "", [&](const std::string& path, const CLI::App& at) {
    if (path.empty() || !verbs_of(at).empty()) return;
    out += fmt::format(".SS aislectl {}\n{}\n{}", roff(path), roff(sentence(at.get_description())), man_options(at));
  });
  return out + ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage.\n.SH SEE ALSO\n.BR aisled (8),\n.BR aisle.toml (5)\n";
}

}  // namespace

void add_generate(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("generate", "Completions and the manual page")->group(kGroupOfNone);
  const auto add = [&](const char* name, std::string (*make)(const CLI::App&)) {
    verb->add_subcommand(name)->callback([&app, &chosen, make] {
      chosen.run = [&app, make] {
        const std::string text = make(app);
        std::fwrite(text.data(), 1, text.size(), stdout);
        return kDone;
      };
    });
  };
  add("bash", bash);
  add("zsh", zsh);
  add("man", man);
  verb->require_subcommand(1);
}

}  // namespace aisle::cli
