#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "connectors/desk/answers.h"
#include "connectors/desk/arguments.h"
#include "connectors/desk/desk_routes.h"

namespace wirewatch {
namespace {

constexpr Role kRoles[] = {Role::kViewer, Role::kEditor, Role::kAdmin};

HttpResponse List(Desk& desk, const HttpRequest& request) {
  Arguments query = Arguments::OfQuery(request);
  if (auto refused = query.Refused()) return *std::move(refused);
  const auto tokens = desk.store().Tokens();
  if (!tokens) return ProblemOf(tokens.error());
  return JsonAnswer(200, [&](JsonWriter& json) {
    json.BeginObject();
    json.Key("tokens");
    json.BeginArray();
    for (const ApiToken& token : *tokens) Write(json, token);
    json.EndArray();
    json.EndObject();
  });
}

HttpResponse Create(Desk& desk, const HttpRequest& request) {
  Arguments body = Arguments::OfBody(request);
  const std::string label = body.Required("label");
  static_cast<void>(body.Required("role"));
  const auto role = body.OneOf("role", kRoles);
  const auto expires = body.Time("expires");
  const auto lasts = body.Duration("expires_in");
  if (expires && lasts) body.Mistake("expires_in", "Say expires or expires_in, not both.");
  if (auto refused = body.Refused()) return *std::move(refused);
  const WallTime now = desk.now();
  const auto made = MakeToken(label, *role, now, lasts ? std::optional<WallTime>(now + *lasts) : expires);
  if (!made) return ProblemOf(422, "The body has mistakes.", {{.message = made.error().message}});
  if (const Status put = desk.store().PutToken(made->token); !put) return ProblemOf(put.error());
  return JsonAnswer(201, [&](JsonWriter& json) {
    json.BeginObject();
    json.Put("secret", made->secret);
    json.Key("token");
    Write(json, made->token);
    json.EndObject();
  });
}

HttpResponse Revoke(Desk& desk, const HttpRequest& request) {
  const auto deleted = desk.store().DeleteToken(request.Param("id"));
  if (!deleted) return ProblemOf(deleted.error());
  if (!*deleted) return Problem(404, fmt::format("There is no token '{}'.", request.Param("id")));
  return {.status = 204};
}

}  // namespace

void AddTokenRoutes(Router& router, const SharedDesk& desk) {
  AddForRole(router, desk, "GET", "/api/v1/tokens", Role::kAdmin, List);
  AddForRole(router, desk, "POST", "/api/v1/tokens", Role::kAdmin, Create, kSmallBody);
  AddForRole(router, desk, "DELETE", "/api/v1/tokens/{id}", Role::kAdmin, Revoke);
}

}  // namespace wirewatch
