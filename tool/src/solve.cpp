// SPDX-License-Identifier: ISC
#include "solve.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "mirage/config/words.hpp"
#include "solv.hpp"
#include "versions.hpp"

namespace mirage::tool {
namespace {

struct release {
  void operator()(Pool* pool) const { pool_free(pool); }
  void operator()(Solver* solver) const { solver_free(solver); }
};

struct id_queue {
  Queue ids{};
  id_queue() { queue_init(&ids); }
  ~id_queue() { queue_free(&ids); }
  id_queue(const id_queue&) = delete;
  id_queue& operator=(const id_queue&) = delete;
};

// "1.0" and "1.0.0" are one version here, but not for libsolv, so it gets three parts at least.
std::string padded(std::string version) {
  for (auto dots = std::ranges::count(version, '.'); dots < 2; ++dots) version += ".0";
  return version;
}

int relation_flags(const std::string& relation) {
  int flags = 0;
  if (relation.contains('<')) flags |= REL_LT;
  if (relation.contains('>')) flags |= REL_GT;
  if (relation.contains('=')) flags |= REL_EQ;
  return flags;
}

class solution {
 public:
  solution(const std::vector<package>& available, std::string target)
      : available_(available), target_(std::move(target)), pool_(pool_create()) {
    pool_setdisttype(pool_.get(), DISTTYPE_DEB);
    repo_ = repo_create(pool_.get(), "mirage");
  }

  outcome<std::vector<package>> find(const std::vector<wisher>& wishers) {
    for (const auto& one : available_) {
      if (!one.is_for(target_)) continue;
      MIRAGE_TRY(const Id id, add(one.name, one.version, one.wishes, one.name));
      packages_[id] = &one;
    }
    id_queue jobs;
    for (const auto& one : wishers) {
      // A name of its own, which no package can have.
      MIRAGE_TRY(const Id id, add(fmt::format("wisher {}", wishers_.size()), "0", one.wishes, one.name));
      wishers_[id] = one.name;
      queue_push2(&jobs.ids, SOLVER_INSTALL | SOLVER_SOLVABLE, id);
    }
    pool_createwhatprovides(pool_.get());
    solver_.reset(solver_create(pool_.get()));
    if (solver_solve(solver_.get(), &jobs.ids) != 0) return fail(tool_error{explain()});
    return chosen();
  }

 private:
  outcome<Id> add(const std::string& name, const std::string& version, const std::vector<wish>& wishes,
                  const std::string& who) {
    const Id id = repo_add_solvable(repo_);
    const Id name_id = text(name);
    const Id version_id = text(padded(version));
    Solvable* made = pool_id2solvable(pool_.get(), id);
    made->name = name_id;
    made->evr = version_id;
    made->provides =
        repo_addid_dep(repo_, made->provides, pool_rel2id(pool_.get(), name_id, version_id, REL_EQ, 1), 0);
    for (const auto& wanted : wishes) {
      auto constraints = parse_constraints(wanted.versions);
      if (!constraints) return refuse("{} wants {}: {}", who, wanted.name, constraints.error().sentence);
      if (constraints->empty()) made->wants = repo_addid_dep(repo_, made->wants, text(wanted.name), 0);
      for (const auto& one : *constraints) {
        const Id relation = pool_rel2id(pool_.get(), text(wanted.name), text(padded(one.version)),
                                        relation_flags(one.relation), 1);
        made->wants = repo_addid_dep(repo_, made->wants, relation, 0);
        shown_[relation] = fmt::format("{} {} {}", wanted.name, one.relation, one.version);
      }
    }
    return id;
  }

  Id text(const std::string& word) { return pool_str2id(pool_.get(), word.c_str(), 1); }

  std::vector<package> chosen() const {
    id_queue decisions;
    solver_get_decisionqueue(solver_.get(), &decisions.ids);
    std::vector<package> found;
    for (int i = 0; i < decisions.ids.count; ++i) {
      const auto place = packages_.find(decisions.ids.elements[i]);
      if (place != packages_.end()) found.push_back(*place->second);
    }
    std::ranges::sort(found, {}, &package::name);
    return found;
  }

  // The first problem: who wants what.
  std::string explain() {
    id_queue rules;
    solver_findallproblemrules(solver_.get(), 1, &rules.ids);
    std::vector<std::string> wants;
    std::string subject;
    for (int i = 0; i < rules.ids.count; ++i) {
      Id source = 0;
      Id target = 0;
      Id dependency = 0;
      const auto kind = solver_ruleinfo(solver_.get(), rules.ids.elements[i], &source, &target, &dependency);
      if (kind != SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP && kind != SOLVER_RULE_PKG_REQUIRES) continue;
      std::string sentence = fmt::format("{} wants {}", name_of(source), wish_of(dependency));
      if (std::ranges::find(wants, sentence) != wants.end()) continue;
      // The wish that nothing fulfils is the heart of it; the others lead there.
      if (kind == SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP) {
        return fmt::format("{}, but {}", sentence, what_is_there(wanted_name(dependency)));
      }
      subject = wanted_name(dependency);
      wants.push_back(std::move(sentence));
    }
    return fmt::format("{}: no choice of versions fits all; {}", config::listed(wants),
                       what_is_there(subject));
  }

  std::string name_of(Id id) const {
    const auto wisher = wishers_.find(id);
    if (wisher != wishers_.end()) return wisher->second;
    return pool_id2str(pool_.get(), pool_id2solvable(pool_.get(), id)->name);
  }

  std::string wish_of(Id dependency) const {
    const auto place = shown_.find(dependency);
    return place == shown_.end() ? pool_dep2str(pool_.get(), dependency) : place->second;
  }

  std::string wanted_name(Id dependency) const {
    if (ISRELDEP(dependency)) dependency = GETRELDEP(pool_.get(), dependency)->name;
    return pool_id2str(pool_.get(), dependency);
  }

  std::string what_is_there(const std::string& name) const {
    std::vector<std::string> versions;
    std::vector<std::string> elsewhere;
    for (const auto& one : available_) {
      if (one.name != name) continue;
      if (one.is_for(target_)) {
        versions.push_back(one.version);
      } else {
        elsewhere = one.targets;
      }
    }
    if (!versions.empty()) return fmt::format("what there is of {} is {}", name, config::listed(versions));
    if (!elsewhere.empty()) {
      return fmt::format("{} is for the target {} only, and this is {}", name,
                         config::listed(elsewhere, "or"), target_);
    }
    return fmt::format("there is no package {}", name);
  }

  const std::vector<package>& available_;
  std::string target_;
  std::unique_ptr<Pool, release> pool_;
  std::unique_ptr<Solver, release> solver_;  // after the pool: it goes first
  Repo* repo_ = nullptr;                     // the pool's
  std::map<Id, const package*> packages_;
  std::map<Id, std::string> wishers_;
  std::map<Id, std::string> shown_;  // a constrained wish as it was written
};

}  // namespace

outcome<std::vector<package>> solve(const std::vector<wisher>& wishers, const std::vector<package>& available,
                                    const std::string& target) {
  return solution{available, target}.find(wishers);
}

}  // namespace mirage::tool
